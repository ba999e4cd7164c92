"""The pages of a customer's record."""
