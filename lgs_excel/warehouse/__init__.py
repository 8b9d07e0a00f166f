"""The shop's sales as one table, `retail`, in whichever database holds it."""
