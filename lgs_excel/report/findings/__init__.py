"""What the charts say in words, a file for each analysis: the title of its chart, and its message, the picture's
alternative text: the finding and the figures behind it. Without data, both are the sentence that stands in the picture.
"""
