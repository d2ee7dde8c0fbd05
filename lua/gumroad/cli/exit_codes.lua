--- The exit codes by name, such as exit_codes.USAGE. The array part has a row { code, name, meaning } for each, in the
-- order of the help and the manual. A meaning fits on a line of the help.
local exit_codes = {
  { 0, "SUCCESS", "success" },
  { 1, "FAILURE", "the output could not be written, a script failed, doctor found a problem, or there is a bug" },
  { 2, "USAGE", "the command line is wrong, a file cannot be read, or you said no; nothing was changed" },
  { 3, "CONFIG", "no access token, it is not valid, or it may not do this; or a setting is wrong" },
  { 4, "NOT_FOUND", "not found" },
  { 5, "REFUSED", "Gumroad refused it, or the license is not valid" },
  { 6, "NO_RESPONSE", "no usable response (network, timeout, certificate, rate limit, server); safe to retry" },
  { 7, "OUTCOME_UNKNOWN", "it was sent but its outcome is unknown, and sending it again could do it twice" },
  { 130, "INTERRUPTED", "interrupted (Ctrl-C)" },
}

for _, row in ipairs(exit_codes) do exit_codes[row[2]] = row[1] end

return exit_codes
