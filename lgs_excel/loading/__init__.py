"""From export files to the warehouse: every line checked, invoices replaced, nothing counted twice or lost."""
