"""What a whole run of tests showed: the document that every report and every summary is made of."""
