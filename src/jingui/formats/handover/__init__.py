"""Hand-over of whole cases in files: the city profile's sheets and packages, and BagIt bags.

Readers look at everything before they give out anything; what is wrong comes back as problems, never as an exception.
"""
