"""What a run of tests tells people and machines: what its tests did, broke, left open and would have cost."""
