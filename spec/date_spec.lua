local date = require "gumroad.base.date"

describe("date.parse", function()
  local SEPTEMBER_14 = 1789344000  -- 2026-09-14T00:00:00Z

  local READS = {
    { "a day as its beginning in UTC", "2026-09-14", SEPTEMBER_14 },
    { "one-digit months and days", "2026-9-1", SEPTEMBER_14 - 13 * 86400 },
    { "a time in UTC", "2026-09-14T07:05:31Z", SEPTEMBER_14 + 25531 },
    { "small letters", "2026-09-14t07:05:31z", SEPTEMBER_14 + 25531 },
    { "a space between day and time", "2026-09-14 07:05:31Z", SEPTEMBER_14 + 25531 },
    { "a zone east of Greenwich", "2026-09-14T02:00:00+02:00", SEPTEMBER_14 },
    { "a zone west of Greenwich", "2026-09-13T19:30:00-04:30", SEPTEMBER_14 },
    { "a zone without a colon", "2026-09-14T02:00:00+0200", SEPTEMBER_14 },
    { "parts of a second", "2026-09-14T00:00:00.25Z", SEPTEMBER_14 + 0.25 },
    { "a time without seconds", "2026-09-14T10:00Z", SEPTEMBER_14 + 36000 },
    { "a zone without minutes", "2026-09-14 12:00:00+02", SEPTEMBER_14 + 36000 },
    { "both", "2026-09-14 12:00-0430", SEPTEMBER_14 + 59400 },
    { "the basic form of a day", "20260914", SEPTEMBER_14 },
    { "the basic form of a time", "20260914T070531Z", SEPTEMBER_14 + 25531 },
    { "the basic form of a time without seconds", "20260914T0705+02", SEPTEMBER_14 + 18300 },
    { "the basic form with parts of a second", "20260914T000000,25Z", SEPTEMBER_14 + 0.25 },
    { "as many digits as anybody writes", "2026-09-14T00:00:00." .. ("5"):rep(400) .. "Z", SEPTEMBER_14 + 0.555555555 },
    { "the beginning of Unix time", "1970-01-01", 0 },
    { "days before Unix time", "1969-12-31", -86400 },
    { "the leap day", "2024-02-29", 1709164800 },
    { "the leap day of a 400th year", "2000-02-29", 951782400 },
    { "the day after February in no leap year", "2100-03-01", 4107542400 },
    { "Unix seconds", SEPTEMBER_14, SEPTEMBER_14 },
    { "parts of a Unix second", 0.5, 0.5 },
  }
  for _, row in ipairs(READS) do
    it("reads " .. row[1], function() assert.equal(row[3], date.parse(row[2])) end)
  end

  it("reads a table of local time", function()
    assert.equal(SEPTEMBER_14, date.parse(os.date("*t", SEPTEMBER_14)))
  end)

  it("reads a table without an hour as the beginning of the day and does not change it", function()
    local day = { year = 2026, month = 9, day = 14 }
    assert.equal(os.time { year = 2026, month = 9, day = 14, hour = 0 }, date.parse(day))
    assert.same({ year = 2026, month = 9, day = 14 }, day)
  end)

  local REFUSES = {
    { "an empty text", "" }, { "words", "yesterday" }, { "a month alone", "2026-09" },
    { "month 13", "2026-13-01" }, { "month 0", "2026-00-01" }, { "day 0", "2026-01-00" },
    { "the 31st of a short month", "2026-04-31" }, { "the 30th of February", "2024-02-30" },
    { "a leap day in no leap year", "2026-02-29" }, { "a leap day in 2100", "2100-02-29" },
    { "a time without a zone", "2026-09-14T10:00:00" }, { "hour 24", "2026-09-14T24:00:00Z" },
    { "minute 60", "2026-09-14T10:60:00Z" }, { "second 61", "2026-09-14T10:00:61Z" },
    { "a point without parts of a second", "2026-09-14T10:00:00.Z" }, { "parts of a minute", "2026-09-14T10:00.5Z" },
    { "an hour alone", "2026-09-14T10Z" }, { "seconds without their colon", "2026-09-14T10:0000Z" },
    { "a basic time with one colon", "20260914T1000:00Z" }, { "a basic day with a digit too much", "202609141" },
    { "an invalid basic day", "20260931" }, { "a basic month", "202609" },
    { "a zone with half its minutes", "2026-09-14T10:00+02:0" },
    { "a zone with a colon alone", "2026-09-14T10:00+02:" },
    { "a zone that is a sign", "2026-09-14T10:00+" },
    { "an unknown zone", "2026-09-14T10:00:00 CET" },
    { "a zone of 99 hours", "2026-09-14T10:00:00+99:00" },
    { "text behind the day", "2026-09-14 or so" }, { "a line's end", "2026-09-14\n" },
    { "NUL behind the day", "2026-09-14\0" }, { "another order", "14.09.2026" },
    { "NaN", 0 / 0 }, { "infinity", math.huge }, { "milliseconds", 1789344000000 },
    { "a table that is no date", {} }, { "true", true },
  }
  for _, row in ipairs(REFUSES) do
    it("refuses " .. row[1], function() assert.is_nil(date.parse(row[2])) end)
  end
end)

describe("A date without a zone", function()
  it("is refused with an error that names it", function()
    for _, text in ipairs { "2026-01-01 10:00:00", "2026-01-01T10:00", "20260101T100000", "2026-01-01T10:00:00.5" } do
      assert.same({ nil, "it has no time zone, such as Z or +02:00" }, { date.parse(text) })
    end
    assert.same({}, { date.parse "yesterday" })
  end)
end)

describe("date.day", function()
  it("is the UTC day that contains a time", function()
    assert.equal("2026-09-14", date.day(1789344000))
    assert.equal("2026-09-14", date.day(1789344000 + 86399.5))
  end)

  it("is the next day for a time within a day when rounded up", function()
    assert.equal("2026-09-15", date.day(1789344000 + 1, true))
    assert.equal("2026-09-14", date.day(1789344000, true))
  end)

  it("agrees with parse for every day of five centuries", function()
    for seconds = -5e9, 1e10, 86400 * 37 do
      local midnight = math.floor(seconds / 86400) * 86400
      assert.equal(midnight, date.parse(date.day(seconds)))
    end
  end)
end)

describe("date.midnight", function()
  it("is the beginning of the UTC day that contains a time", function()
    assert.equal(1789344000, date.midnight(1789344000))
    assert.equal(1789344000, date.midnight(1789344000 + 86399.5))
  end)

  it("is that of the next day for a time within a day when rounded up", function()
    assert.equal(1789344000 + 86400, date.midnight(1789344000 + 1, true))
    assert.equal(1789344000, date.midnight(1789344000, true))
  end)
end)

describe("date.is_midnight", function()
  it("is true only at the beginning of a UTC day", function()
    assert.is_true(date.is_midnight(1789344000))
    assert.is_false(date.is_midnight(1789344001))
    assert.is_false(date.is_midnight(1789344000.5))
  end)
end)
