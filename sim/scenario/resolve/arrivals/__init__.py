"""Whence the cases come: demand, files of filings, properties, shares and times of filing."""
