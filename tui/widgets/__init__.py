"""In: values to show. Out: the panes that screens are made of, and the pure parts that lay them out."""
