"""Read outputs back and judge them, with code that shares nothing with the writers."""
