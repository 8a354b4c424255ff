"""Methods of resources that are no operation: the class here is a base of the generated one of its module's name."""
