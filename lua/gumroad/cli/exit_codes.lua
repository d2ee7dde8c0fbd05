--- The exit codes by name, such as exit_codes.USAGE; in the array part the rows { code, name, what it means },
-- as the help and the manual list them.
local exit_codes = {
  { 0, "SUCCESS", "it worked; also where nobody reads the output any more" },
  { 1, "FAILURE", "the output could not be written, a script failed, doctor found a problem, or this program has a "
    .. "defect" },
  { 2, "USAGE", "the command line is wrong, or a file that it names cannot be read; nothing was changed" },
  { 3, "CONFIG", "no access token, or it is not good or may not do this; a setting is wrong" },
  { 4, "NOT_FOUND", "not found" },
  { 5, "REFUSED", "Gumroad refused it, or a licence is not valid" },
  { 6, "NO_RESPONSE", "no usable answer: network, time limit, certificate, too many requests, the server; nothing "
    .. "was done, or it does no harm to try again" },
  { 7, "OUTCOME_UNKNOWN", "nobody knows whether it was done: it was sent, no answer came, and repeating it could do "
    .. "it twice" },
  { 130, "INTERRUPTED", "interrupted (Ctrl-C)" },
}

for _, row in ipairs(exit_codes) do exit_codes[row[2]] = row[1] end

return exit_codes
