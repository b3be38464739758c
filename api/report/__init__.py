"""The monthly report as people read it: a page, a PDF and a spreadsheet, from the same sections."""
