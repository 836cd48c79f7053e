"""Security Token Service: who is asking. bayon has accounts and no users."""
