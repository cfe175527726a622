"""In: paragraphs with the passages they answer, and a model behind an HTTP endpoint. Out: items and links, grounded.

Off unless the user names an endpoint; nothing that a model says becomes an item unless its words stand in the mail.
"""
