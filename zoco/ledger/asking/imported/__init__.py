"""Days that were counted elsewhere: `days` beside a curve's own, `rows` beside a table's."""
