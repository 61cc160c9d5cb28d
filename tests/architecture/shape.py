"""Sizes, openings and words of files, and objects that outlive a call."""

import re

import cpp_text

MAX_LINES = 400
# Split so that this file does not find itself.
_UNDONE = re.compile(r'\b(?:TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b|\b[Ff]or n' r'ow\b')
_ACCESS = {'public', 'protected', 'private'}
_ENDS_IN_CODE = ('.h', '.cc')


def too_long(path, text):
    """A breach where the file is over the house's hard limit."""
    lines = text.count('\n') + (not text.endswith('\n') and bool(text))
    if lines <= MAX_LINES:
        return []
    return [f'{path}:{MAX_LINES + 1}: {lines} lines, at most {MAX_LINES}']


def opens_badly(path, text):
    """A header opens with a comment that says what it is, then its guard."""
    if not path.endswith('.h'):
        return []
    found = []
    if not re.match(r'// \S', text):
        found.append(f'{path}:1: a header opens with what the thing is')
    guard = 'PLIMSOLL_' + re.sub(r'[/.]', '_', path).upper() + '_'
    if f'#ifndef {guard}\n#define {guard}\n' not in text:
        found.append(f'{path}:1: the include guard is {guard}')
    return found


def undone(path, text):
    """Words that say that work was left."""
    return [
        f'{path}:{cpp_text.line_of(text, m.start())}: "{m.group(0)}" says that '
        'work was left' for m in _UNDONE.finditer(text)
    ]


def foreign_habits(path, text):
    """std::string_view in a header (it is not absl's on Debian 12); throw."""
    if not path.endswith(_ENDS_IN_CODE):
        return []
    found = []
    clean = cpp_text.blank(text)
    if path.endswith('.h'):
        found += [
            f'{path}:{cpp_text.line_of(text, m.start())}: spell '
            'absl::string_view'
            for m in re.finditer(r'\bstd::string_view\b', clean)
        ]
    found += [
        f'{path}:{cpp_text.line_of(text, m.start())}: no exceptions of our own'
        for m in re.finditer(r'\bthrow\b', clean)
    ]
    return found


def _statements(tokens):
    """(scope, statement) pairs: scope is 'file', 'type' or 'body', statement
    the tokens up to the `;` or brace that ends it."""
    stack, statement = ['file'], []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.text == '{' and token.block:
            if statement:
                yield stack[-1], statement
            stack.append(_scope(statement, stack[-1]))
            statement = []
        elif token.text == '}' and (token.match < 0
                                    or tokens[token.match].block):
            stack.pop() if len(stack) > 1 else None
            statement = []
        elif token.text == ';':
            if statement:
                yield stack[-1], statement
            statement = []
        elif token.text in '([{' and token.match > i:
            statement += tokens[i:token.match + 1]
            i = token.match
        else:
            statement.append(token)
        i += 1


def _scope(head, outer):
    words = {t.text for t in head}
    if 'namespace' in words or 'extern' in words:
        return outer
    if words & {'class', 'struct', 'union', 'enum'} and not _calls(head):
        return 'type'
    return 'body'


def _calls(statement):
    return any(t.text == '(' for t in statement)


_NOT_VARIABLES = {
    'using', 'typedef', 'class', 'struct', 'enum', 'union', 'friend',
    'static_assert', 'template', 'public', 'private', 'protected', 'operator',
    'concept', 'requires', 'namespace'
}


def lasting_objects(path, text):
    """Objects of static storage that are not constexpr, and code that runs
    before main. A function's own `static` must be const.

    A heuristic over tokens: `Type name(arguments);` at file scope looks like
    a function and is not seen; clang-tidy and review are.
    """
    tokens = cpp_text.tokenize(text)
    found = []
    for scope, statement in _statements(tokens):
        words = [t.text for t in statement]
        if _breaks(scope, words):
            line = cpp_text.line_of(text, statement[0].offset)
            shown = ' '.join(words[:8])
            found.append(f'{path}:{line}: `{shown}` lasts beyond a call and is '
                         'not constant')
    return found


def _breaks(scope, words):
    while len(words) > 2 and words[0] in _ACCESS and words[1] == ':':
        words = words[2:]
    if words[0].startswith('PLIMSOLL_') or words[0].isupper():
        # A macro called at file scope registers something.
        return scope == 'file' and len(words) > 1 and words[1] == '('
    if 'thread_local' in words or 'constructor' in words[:6]:
        return True
    constant = 'constexpr' in words or 'constinit' in words
    if scope == 'file':
        return (not constant and words[0] not in _NOT_VARIABLES
                and _is_variable(words))
    if 'static' not in words[:2] or constant:
        return False
    if scope == 'type':
        return 'const' not in words and _is_variable(words)
    return 'const' not in words


def _is_variable(words):
    """Whether a declaration is not that of a function: it has `=` or a brace
    before any parenthesis, or no parenthesis at all."""
    if len(words) < 2 or words[0] in {'extern', '"'}:
        return False
    for word in words:
        if word in {'=', '{'}:
            return True
        if word == '(' or word == 'operator':
            return False
    return True
