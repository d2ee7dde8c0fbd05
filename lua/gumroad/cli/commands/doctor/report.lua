--- The findings of doctor, printed one by one.
local fields = require "gumroad.cli.output.fields"
local output = require "gumroad.cli.output"
local printable = require("gumroad.base.text").printable
local width = require "gumroad.cli.output.width"

local FIELDS = fields.define {
  { "status", "string" }, { "check", "string" }, { "message", "string" }, { "advice", "string?" },
}
FIELDS.default_columns = { "status", "check", "message", "advice" }

local COLORS = { ok = "\27[32m", warning = "\27[33m", problem = "\27[31m", note = "" }
local OFF = "\27[0m"
local INDENT = (" "):rep(9)  -- the width of a status and the gap

local Report = {}
Report.__index = Report

--- Makes a report.
-- @param context see gumroad.cli.context; its arguments choose the format
function Report.new(context)
  local self = setmetatable({ context = context, counts = { ok = 0, warning = 0, problem = 0, note = 0 } }, Report)
  if output.is_asked_for(context.args) then
    self.printer = output.new(context, { kind = "list", fields = FIELDS }):list()
  end
  return self
end

local function print_line(context, finding)
  local status = ("%-7s"):format(finding.status)
  if context.color then status = COLORS[finding.status] .. status .. OFF end
  local text = ("%s: %s%s"):format(finding.check, printable(finding.message),
    finding.advice and ". " .. printable(finding.advice) or "")
  local lines = width.fold(text, (context.width or math.huge) - #INDENT)
  context.write(status .. "  " .. table.concat(lines, "\n" .. INDENT) .. "\n")
end

local function add(self, status, check, message, advice)
  self.counts[status] = self.counts[status] + 1
  local finding = { status = status, check = check, message = message, advice = advice }
  if self.printer then return self.printer:page { finding } end
  print_line(self.context, finding)
  io.stdout:flush()
end

--- Reports that something is as it should be.
function Report:ok(check, message, ...) add(self, "ok", check, message:format(...)) end

--- Reports something that is good to know.
function Report:note(check, message) add(self, "note", check, message) end

--- Reports something that works, but perhaps not as intended.
-- @param advice what to do
function Report:warning(check, message, advice) add(self, "warning", check, message, advice) end

--- Reports something that does not work.
-- @param advice what to do
function Report:problem(check, message, advice) add(self, "problem", check, message, advice) end

local function counted(count, name)
  return ("%d %s%s"):format(count, name, count == 1 and "" or "s")
end

--- Ends the report.
-- @return whether there were no problems
function Report:finish()
  if self.printer then self.printer:finish() end
  local counts = self.counts
  self.context.note("%s, %s", counted(counts.problem, "problem"), counted(counts.warning, "warning"))
  return counts.problem == 0
end

return Report
