"""Tests in regions: planned on a site's own past, measured against regions that were left as they were."""
