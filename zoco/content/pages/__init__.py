"""Page types of the public site, the first home page, and what search engines are told."""
