"""What a run is of: a scenario with its procedures and agents, overridden into one world an arm."""
