"""Campaigns: whom to write to, who is held out to compare with, and what came of it."""
