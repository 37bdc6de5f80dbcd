"""What came beside words, opened safely: what a file is by its content, and a clean copy without what it tells about its maker."""
