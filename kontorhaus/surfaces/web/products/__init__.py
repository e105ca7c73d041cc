"""The pages of products: the list, and the form of one."""
