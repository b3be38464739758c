"""Routes that need a login: pages for rangers and officers, and the JSON interface."""
