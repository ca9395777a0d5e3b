"""What one replication says of its cases and pools, and whether its log obeys the laws."""
