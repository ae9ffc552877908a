"""Arms for pages and programs: the OpenFeature Remote Evaluation Protocol, and the script of pages."""
