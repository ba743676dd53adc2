"""Names and places of people who do not exist, for the demonstration register."""

WOMEN = """Aisha Alison Amelia Amy Angela Anita Anna Bethan Bronwen Carol Catherine Ceri Charlotte Chloe Claire Deborah
Diane Eilidh Eleanor Elizabeth Emily Emma Esther Fatima Fiona Florence Gemma Grace Hannah Harriet Heather
Helen Imogen Ioana Iona Isla Jade Jane Jennifer Joanna Judith Julia Karen Kate Kirsty Laura Leila Linda Louise
Lucy Maeve Magda Mairi Maria Megan Meera Monica Nadia Naomi Natasha Ngozi Niamh Nicola Olivia Patricia Pauline
Philippa Priya Rachel Rebecca Rhian Rosemary Ruth Sadia Samantha Sandra Sarah Shabana Sharon Sian Sinead
Sophie Stephanie Susan Sushila Tanya Teresa Tracey Valerie Victoria Wendy Yasmin Yvonne Zainab Zoe""".split()

MEN = """Aaron Adam Ade Ahmed Alan Alexander Andrew Anthony Arjun Barry Benjamin Brian Callum Chidi Christopher Colin
Craig Daniel David Dylan Edward Emeka Euan Fergus Gareth George Graham Hamish Harish Huw Ian Imran James Jason
John Jonathan Joseph Kenneth Kevin Kieran Kwame Lee Liam Mark Martin Matthew Michael Mohammed Neil Nicholas
Oliver Owen Patrick Paul Peter Philip Rajesh Rhys Richard Robert Ross Samuel Simon Stephen Stuart Thomas
Timothy Tomasz Vikram William""".split()

FAMILIES = """Abbott Adams Adeyemi Ahmed Akhtar Ali Allen Anderson Armstrong Ashworth Bailey Baker Ball Barker Barnes
Begum Bell Bennett Bhatt Booth Boyle Bradley Brennan Brown Burgess Burns Butler Byrne Cameron Campbell Carr Carter
Chan Chapman Chaudhry Clark Clarke Cole Collins Cook Cooper Cox Craig Crawford Cunningham Dale Davies Dawson
Dean Desai Dixon Docherty Douglas Doyle Duffy Duncan Edwards Elliott Ellis Evans Farrell Ferguson Fisher
Fleming Fletcher Ford Foster Fox Francis Fraser Gallagher Gardner George Gibson Gill Gordon Graham Grant Gray
Green Griffiths Hall Hamilton Harper Harris Harrison Hart Hassan Henderson Hill Holmes Howard Hudson Hughes
Hunt Hussain Hussein Ibrahim Jackson James Jamieson Jenkins John Johnson Johnston Jones Joshi Kapoor Kaur
Kelly Kennedy Kerr Khan King Knight Kowalski Kumar Lambert Lawson Lee Lewis Lloyd Lynch MacDonald MacLeod
Malik Marsh Marshall Martin Mason Matthews McCarthy McGrath McIntyre McKenzie McLean Mehta Mensah Miah Miller
Mills Mistry Mitchell Moore Morgan Morris Morrison Murphy Murray Nguyen Nicholson Novak Nowak O'Brien O'Connor
O'Neill Okafor Okeke Oliver Osborne Owen Palmer Parker Patel Patterson Pearce Pearson Perera Perry Phillips
Popescu Porter Powell Price Qureshi Quinn Rahman Rao Reid Reynolds Richards Richardson Roberts Robertson
Robinson Rogers Rose Ross Russell Ryan Saunders Scott Shah Sharma Shaw Silva Simmons Simpson Singh Sinclair
Smith Spencer Stewart Stone Sullivan Sutherland Taylor Thomas Thompson Thomson Tucker Turner Walker Wallace
Walsh Ward Watson Watts Webb West White Wilkinson Williams Williamson Wilson Wong Wood Wright Young Zaman""".split()

ABOUT = (
    "I offer a calm, private space to talk at your own pace. We agree together what you would like to be different.",
    "Many people come to me feeling worn out by coping alone. We start with what matters most to you this week.",
    "I work in an active, practical way, and I will always explain why I suggest something.",
    "I listen closely and do not hurry. You decide what we talk about and when to stop.",
    "I trained after many years in another job, and I value plain words over theory.",
    "We look at how earlier experiences shape the present, and try out new ways of being with other people.",
)

CANCELLATION = "Please give 48 hours' notice. Sessions cancelled later are charged in full."
CONFIDENTIALITY = (
    "What you say stays between us. I may need to tell somebody else if I think you or another person is in serious "
    "danger, and I talk about my work with a supervisor without naming you."
)

# Rough numbers of residents by postcode area, in thousands: only their proportions matter here.
RESIDENTS = {
    "AB": 480, "AL": 255, "B": 1950, "BA": 440, "BB": 500, "BD": 590, "BH": 560, "BL": 390, "BN": 820, "BR": 310,
    "BS": 970, "BT": 1900, "CA": 320, "CB": 440, "CF": 1020, "CH": 660, "CM": 680, "CO": 430, "CR": 410, "CT": 490,
    "CV": 850, "CW": 320, "DA": 440, "DD": 270, "DE": 750, "DG": 145, "DH": 310, "DL": 370, "DN": 760, "DT": 220,
    "DY": 420, "E": 1020, "EC": 35, "EH": 920, "EN": 350, "EX": 580, "FK": 280, "FY": 280, "G": 1230, "GL": 640,
    "GU": 740, "HA": 480, "HD": 270, "HG": 140, "HP": 510, "HR": 180, "HS": 26, "HU": 430, "HX": 160, "IG": 340,
    "IP": 610, "IV": 220, "KA": 360, "KT": 550, "KW": 50, "KY": 365, "L": 880, "LA": 330, "LD": 50, "LE": 1000,
    "LL": 540, "LN": 300, "LS": 790, "LU": 330, "M": 1280, "ME": 630, "MK": 530, "ML": 390, "N": 900, "NE": 1190,
    "NG": 1170, "NN": 690, "NP": 510, "NR": 740, "NW": 590, "OL": 480, "OX": 670, "PA": 330, "PE": 920, "PH": 170,
    "PL": 540, "PO": 850, "PR": 530, "RG": 830, "RH": 540, "RM": 560, "S": 1400, "SA": 730, "SE": 1060, "SG": 410,
    "SK": 610, "SL": 400, "SM": 220, "SN": 510, "SO": 690, "SP": 240, "SR": 260, "SS": 530, "ST": 650, "SW": 930,
    "SY": 350, "TA": 350, "TD": 120, "TF": 220, "TN": 700, "TQ": 310, "TR": 300, "TS": 610, "TW": 500, "UB": 380,
    "W": 560, "WA": 650, "WC": 40, "WD": 260, "WF": 520, "WN": 310, "WR": 300, "WS": 460, "WV": 410, "YO": 580,
    "ZE": 23,
}  # fmt: skip
