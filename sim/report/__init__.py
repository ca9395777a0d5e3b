"""Results for people: tables, plans, lists and drawings, for the terminal and in two languages."""
