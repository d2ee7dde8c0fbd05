# Forms as Rack reads them. form_rack.rb SEED COUNT: of random values, which HTTParty writes after brackets in
# names were escaped, as Gumroad does; see compare.lua for what is printed. form_rack.rb: of the bodies that
# come in, a line each, in hexadecimal.
require "httparty"
require "rack"

NAMES = ["a", "b", "name", "é", "Größe", "a b", "a&b=c", "100%", "+", "[x]", "a]", "[", "😀", "price.cents", "%zz",
         "1", "x" * 70, "%41"].freeze  # no line ends, where Rack's patterns end
TEXTS = ["", "1", "a&b=c", "a b+c", "é😀", "100%", "%41%", "[x]", "x" * 200, "\n\t", "=", "%5B%255B"].freeze

def escape_names(value)
  case value
  when Hash then value.to_h { |name, inner| [name.gsub("[", "%5B").gsub("]", "%5D"), escape_names(inner)] }
  when Array then value.map { |inner| escape_names(inner) }
  else value
  end
end

def unescape_names(value)
  case value
  when Hash then value.to_h { |name, inner| [name.gsub("%5B", "[").gsub("%5D", "]"), unescape_names(inner)] }
  when Array then value.map { |inner| unescape_names(inner) }
  else value
  end
end

def scalar(random)
  case random.rand(8)
  when 0 then random.rand(-1000..10**12)
  when 1 then random.rand
  when 2 then [true, false, nil].sample(random: random)
  else TEXTS.sample(random: random)
  end
end

def hash(random, depth)
  NAMES.sample(random.rand(1..4), random: random).to_h { |name| [name, value(random, depth + 1)] }
end

# Lists of lists, and of empty dictionaries, are what no form can tell.
def list(random, depth)
  Array.new(random.rand(0..4)) { depth < 4 && random.rand(3).zero? ? hash(random, depth + 1) : scalar(random) }
end

def value(random, depth)
  case depth > 4 ? 9 : random.rand(10)
  when 0, 1 then hash(random, depth)
  when 2, 3 then list(random, depth)
  else scalar(random)
  end
end

def hex(text)
  text.to_s.b.unpack1("H*")
end

def canonical(value)
  case value
  when Hash
    inner = value.sort_by { |name, _| name.b }.map { |name, item| "#{hex(name)}:#{canonical(item)}" }.join(",")
    value.empty? ? "[]" : "{#{inner}}"
  when Array then "[#{value.map { |item| canonical(item) }.join(",")}]"
  else "s#{hex(value)}"
  end
end

# An empty list at the top is one empty text on the wire.
def read(body)
  fields = Rack::Utils.parse_nested_query(body, "&")
  canonical(unescape_names(fields).transform_values { |item| item == [""] ? [] : item })
rescue Rack::QueryParser::ParameterTypeError, Rack::QueryParser::InvalidParameterError
  "!"
end

if ARGV.empty?
  $stdin.each_line { |line| puts read([line.chomp].pack("H*")) }
else
  random = Random.new(ARGV[0].to_i)
  ARGV[1].to_i.times do
    body = HTTParty::HashConversions.to_params(escape_names(hash(random, 0)))
    puts "#{hex(body)} #{read(body)}"
  end
end
