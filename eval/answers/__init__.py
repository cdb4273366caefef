"""Reading final answers and telling whether two are equal: forms, scalars, expressions, units, computer algebra."""
