"""Sightings become incidents by zone and rule, kept in a ledger that shows any edit."""
