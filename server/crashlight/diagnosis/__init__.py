"""A crash and its source to an explanation and fixes: rules first, then the model."""
