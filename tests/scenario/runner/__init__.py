"""What runs the scenarios: reads them, builds their images, goes through every
door and compares. Stands on the harness of the end-to-end tests."""
