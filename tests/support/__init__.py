"""In: nothing. Out: builders and servers that several tests share."""
