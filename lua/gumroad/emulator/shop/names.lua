--- The names in the invented shop: people, places and products.
local names = {}

--- { as it is written, as in an email address }
names.first = {
  { "Lena", "lena" }, { "Jules", "jules" }, { "Noor", "noor" }, { "Miguel", "miguel" },
  { "Iris", "iris" }, { "Zoë", "zoe" }, { "Søren", "soren" }, { "Aylin", "aylin" },
  { "Tomáš", "tomas" }, { "Priya", "priya" }, { "Ewa", "ewa" }, { "Łukasz", "lukasz" },
  { "Chidi", "chidi" }, { "Mei", "mei" }, { "さくら", "sakura" }, { "Renée", "renee" },
  { "Björn", "bjorn" }, { "Inés", "ines" }, { "Omar", "omar" }, { "Hana", "hana" },
  { "Avery", "avery" }, { "Dmytro", "dmytro" }, { "Fatou", "fatou" }, { "Kai", "kai" },
  { "Marta", "marta" }, { "Nils", "nils" }, { "Oona", "oona" }, { "Pilar", "pilar" },
  { "Quentin", "quentin" }, { "Rosa", "rosa" }, { "Théo", "theo" }, { "Wanjiru", "wanjiru" },
}

names.last = {
  { "Roth", "roth" }, { "Émile Noël", "noel" }, { "Haddad", "haddad" }, { "O'Hara", "ohara" },
  { "Park", "park" }, { "Lindqvist", "lindqvist" }, { "Ångström", "angstrom" },
  { "Yılmaz", "yilmaz" }, { "Dvořák", "dvorak" }, { "Raman", "raman" },
  { "Wiśniewska", "wisniewska" }, { "Okafor", "okafor" }, { "Chen", "chen" },
  { "小林", "kobayashi" }, { "Tremblay", "tremblay" }, { "Ferreira", "ferreira" },
  { "Núñez", "nunez" }, { "Bianchi", "bianchi" }, { "Kovalenko", "kovalenko" },
  { "Diop", "diop" }, { "Müller", "muller" }, { "van Dijk", "vandijk" },
  { "Novak", "novak" }, { "MacLeod", "macleod" }, { "Silva", "silva" }, { "Weiß", "weiss" },
}

names.mail_hosts = { "example.com", "example.org", "example.net" }

--- country, its code, whether sales tax is added there; a city, its state and its postal code
names.places = {
  { "United States", "US", false, "Santa Fe", "NM", "87501" },
  { "Germany", "DE", true, "Leipzig", "SN", "04109" },
  { "United Kingdom", "GB", true, "Leeds", "", "LS1 4AP" },
  { "France", "FR", true, "Nantes", "", "44000" },
  { "Canada", "CA", false, "Halifax", "NS", "B3H 1A1" },
  { "Netherlands", "NL", true, "Utrecht", "", "3511" },
  { "Japan", "JP", false, "鎌倉", "", "248-0006" },
  { "South Korea", "KR", false, "Busan", "", "48058" },
  { "Brazil", "BR", false, "Recife", "PE", "50030-230" },
  { "India", "IN", false, "Kochi", "KL", "682001" },
  { "Spain", "ES", true, "Cádiz", "", "11001" },
  { "Czechia", "CZ", true, "Brno", "", "602 00" },
  { "Nigeria", "NG", false, "Ibadan", "", "200001" },
  { "Australia", "AU", false, "Hobart", "TAS", "7000" },
}

names.streets = {
  "12 Calle Mayor, 3º B", "7 Harbour Lane", "Gartenstraße 41", "88 Mill Road", "5 rue des Lilas",
  "221 Maple Avenue", "Keizersgracht 9-II", "Unit 4, Old Dairy Yard",
}

names.referrers = {
  "direct", "direct", "direct", "https://search.example.com/", "https://www.example.com/a?b=c&d=e",
  "https://news.example.org/issues/42",
}

names.field_values = {
  "Zoë & Max = 100% ♥", "For Grandma", "The night shift", "日本語", "Nº 7 <please>", "Max",
}

--- The products of the shop, oldest first. Issues of the zine "Colour Notes" follow without end.
names.products = {
  { name = "Gouache Brushes Vol. 1", permalink = "gvone", price = 1500,
    tags = { "brushes", "gouache" }, summary = "18 brushes, one .abr file", covers = 1,
    file = "gouache-vol-1.zip" },
  { name = "Studio Club", permalink = "mclub", price = 900, membership = true, licensed = true,
    variants = { { "Tier", { "Supporter", 0 }, { "Patron & friends", 900 } } } },
  { name = "Desk Wallpaper Pack", permalink = "ehtpv", price = 0, pay_what_you_want = true,
    tags = { "wallpaper" } },
  { name = "Risograph Print: Night Harbour", permalink = "rqdnt", price = 3300,
    physical = true, skus = "NH", variants = { { "Size", { "30×40", 0 }, { "50×70", 900 } } },
    stock = 120 },
  { name = "墨の手引き", permalink = "sumij", price = 1000, currency = "jpy" },
  { name = "Custom Portrait — “Grande” édition 🎨", permalink = "pxvra", price = 5000,
    stock = 2000, variants = { { "Size", { "A4", 0 }, { "A3 (297 × 420 mm)", 1250 } },
      { "Paper & finish", { "Matte/Cotton", 0 }, { "Gloss", 300 } } },
    custom_fields = { { "text", "Name on print", true }, { "checkbox", "100% sure?", false } } },
  { name = "Gouache Brushes Vol. 2", permalink = "kzqwu", price = 1900,
    custom_permalink = "gouache-2", tags = { "brushes", "gouache" },
    summary = "24 brushes, one .abr file", covers = 2, file = "gouache-vol-2.zip" },
  { name = "Tape Loops for Rainy Days", permalink = "tapel", price = 700, tags = { "music" },
    file = "tape-loops.zip", covers = 1 },
  { name = "Brushes <Pro> & Friends", permalink = "brpro", price = 2900, licensed = true,
    variants = { { "Edition [2026]", { "Solo", 0 }, { "Pro", 1000 } } },
    custom_fields = { { "text", "Name [print]", false } } },
  { name = "Unfinished Sketchbook", permalink = "draft", price = 1000, draft = true },
  { name = "Field Guide to Ink (pre-order)", permalink = "inkfg", price = 2900, preorder = true },
  { name = "Carnet de voyage — Zürich", permalink = "zuric", price = 1200, currency = "eur",
    covers = 1, summary = "64 pages, PDF" },
}

return names
