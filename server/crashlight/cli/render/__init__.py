"""Reports as text: for people, for programs, and for continuous integration."""
