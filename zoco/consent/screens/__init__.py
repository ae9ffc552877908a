"""Pages of owners: topics, rules, suppressed addresses, choices with their proof, forms."""
