"""The words of RandomPet: adverbs, adjectives and names."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADVERBS = _words("""
    ably amply barely boldly briskly calmly cheerfully clearly closely deeply duly early easily evenly fairly
    firmly freely gently gladly happily highly humbly kindly largely lightly lively loudly mainly mildly mostly
    nearly neatly newly nicely openly partly plainly poorly possibly promptly purely quickly quietly rarely
    readily really safely sharply simply slowly smoothly softly solely steadily strongly surely swiftly terribly
    truly usually vastly warmly wholly widely wisely
""")

ADJECTIVES = _words("""
    able amused apt awake bold brave bright brisk calm careful civil clean clever cosmic cosy eager easy fair
    famous fancy fast fine firm fleet fond frank free fresh gentle glad golden good grand happy helpful honest
    keen kind large light lively loyal lucky merry mighty modest neat nice noble patient polite proud quick
    quiet rare ready robust sharp smart smooth solid steady strong sunny super sure tidy tough trusty upright
    vast vital warm wise
""")

NAMES = _words("""
    alpaca ant ape badger bass bat bear bee bird bison boar buck bull camel cat chamois cod colt cow crab crane
    cricket crow deer dodo dog dolphin dove duck eagle eel elk emu falcon fawn ferret finch fish fox frog gnu
    goat goose grouse gull hare hawk hen heron horse husky ibex jay kite koala lamb lark lion lizard llama lynx
    magpie marmot mink mole moose moth mouse mule newt octopus otter owl ox panda parrot pig pony puma quail
    rabbit ram raven robin salmon seal sheep shrew skunk snail sparrow squid stag stork swan swift tapir tick
    tiger toad trout turkey turtle viper whale wolf wombat wren yak zebra
""")
