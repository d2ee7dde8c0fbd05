--- The version of the library and the command. Nothing else holds it.
return "0.1.0"
