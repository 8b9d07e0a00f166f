"""Campaigns: the draw, the statistics, the files of people, the ledger, and the commands on real databases."""
