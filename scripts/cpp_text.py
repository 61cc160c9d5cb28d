"""C++ source as the house's checks see it: comments and literals blanked out,
tokens with their brackets matched, and what each opening brace begins.

A reader of its own, not a parser: it knows the C++ that this house writes.
"""

import re
from dataclasses import dataclass

_LITERAL = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<d>[^()\s\\]*)\(.*?\)(?P=d)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)
_TOKEN = re.compile(r'[A-Za-z_]\w*|\.?\d(?:[\w.]|\'\d)*|::|->|\S')
_OPEN = {'(': ')', '[': ']', '{': '}'}
_WORD = re.compile(r'[A-Za-z_]\w*$')
# A `[` after one of these words begins a lambda and not a subscript.
_BEFORE_LAMBDA = {'return', 'co_return', 'co_await', 'co_yield'}
# After one of these, `{` begins a block.
_BEFORE_BLOCK = {
    ')', ';', '{', '}', ':', 'else', 'do', 'try', 'const', 'noexcept',
    'mutable', 'override', 'final'
}
_TYPE_MARKS = {'<', '>', '::', ',', '*', '&', '->'}
_BEFORE_ARROW = {')', ']', 'mutable', 'noexcept', 'const'}
_SCOPES = {'namespace', 'class', 'struct', 'union', 'enum', 'extern'}


def blank(text, keep_comments=False):
    """`text` with comments and the insides of literals turned into spaces.

    Offsets and line numbers stay what they were.
    """

    def replace(match):
        found = match.group(0)
        if found.startswith('/'):
            if keep_comments:
                return found
            return re.sub(r'[^\n]', ' ', found)
        # Literals stay visible as an empty string, so that tokens stay apart.
        return '"' + re.sub(r'[^\n]', ' ', found[1:-1]) + '"'

    return _LITERAL.sub(replace, text)


def comments(text):
    """The comments of `text` with everything else blanked out."""
    without = blank(text)
    return ''.join(
        a if a != b or a == '\n' else ' ' for a, b in zip(
            blank(text, keep_comments=True), without))


def line_of(text, offset):
    """The 1-based line of `offset`."""
    return text.count('\n', 0, offset) + 1


@dataclass
class Token:
    """One token; `match` is the index of the bracket's other end."""
    text: str
    offset: int
    match: int = -1
    block: bool = False  # an opening brace of a block or scope

    def is_word(self):
        return bool(_WORD.match(self.text))


def _without_directives(text):
    """Blanks preprocessor lines, continued ones included."""
    return re.sub(r'^[ \t]*#(?:[^\n\\]|\\\n|\\.)*',
                  lambda m: re.sub(r'[^\n]', ' ', m.group(0)), text,
                  flags=re.MULTILINE)


def tokenize(text):
    """The tokens of `text`, without comments, literals and directives."""
    clean = _without_directives(blank(text))
    clean = re.sub(r'"[ \n]*"', lambda m: m.group(0).replace(' ', '\0'), clean)
    tokens = [
        Token(m.group(0), m.start())
        for m in re.finditer(r'"[\0\n]*"|' + _TOKEN.pattern, clean)
    ]
    _match_brackets(tokens)
    for i, token in enumerate(tokens):
        token.block = token.text == '{' and _begins_block(tokens, i)
    return tokens


def _match_brackets(tokens):
    stack = []
    for i, token in enumerate(tokens):
        if token.text in _OPEN:
            stack.append(i)
        elif token.text in _OPEN.values():
            if stack and _OPEN[tokens[stack[-1]].text] == token.text:
                start = stack.pop()
                tokens[start].match = i
                token.match = start


def _begins_block(tokens, i):
    if i == 0:
        return True
    before = tokens[i - 1]
    if before.text in _BEFORE_BLOCK:
        return True
    if before.text == ']':
        return is_lambda_introducer(tokens, before.match)
    return _ends_return_type(tokens, i - 1) or _opens_scope(tokens, i - 1)


def is_lambda_introducer(tokens, i):
    """Whether the `[` at i begins a lambda, not a subscript or attribute."""
    if tokens[i + 1].text == '[':
        return False
    if i == 0:
        return True
    before = tokens[i - 1]
    if before.is_word():
        return before.text in _BEFORE_LAMBDA
    return before.text not in {')', ']', '[', '"', '>'}


def ends_lambda(tokens, i):
    """Whether the block that the `}` at i closes is a lambda's body."""
    j = tokens[i].match - 1
    while j >= 0 and (tokens[j].is_word() or tokens[j].text in _TYPE_MARKS):
        j -= 1
    if j >= 0 and tokens[j].text == ')' and tokens[j].match > 0:
        j = tokens[j].match - 1
    return (j >= 0 and tokens[j].text == ']' and tokens[j].match >= 0
            and is_lambda_introducer(tokens, tokens[j].match))


def _ends_return_type(tokens, i):
    """Whether tokens[..i] ends in "-> Type"."""
    while i > 0 and (tokens[i].is_word() or tokens[i].text in _TYPE_MARKS):
        if tokens[i].text == '->':
            return tokens[i - 1].text in _BEFORE_ARROW
        i -= 1
    return False


def _opens_scope(tokens, i):
    """Whether tokens[..i] is the head of a namespace or a type."""
    while i >= 0 and tokens[i].text not in {';', '{', '}', '(', '=', 'return'}:
        if tokens[i].text in _SCOPES:
            return True
        i -= 1
    return False
