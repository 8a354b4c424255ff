"""Methods of resources besides the operations. Each module has a base class for the generated resource of its name."""
