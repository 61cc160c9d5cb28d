#!/usr/bin/env python3
"""The coroutine rule: no closure with state and no braced temporary in an
expression that holds co_await. Debian's g++ 12 destroys such temporaries
twice (docs/adr/0004), and what a co_await within ?: returns too.

Usage: lint_coroutines.py FILE...   prints file:line: message, exits 1 if any.

Refused beside co_await: a lambda that captures anything by value other than
`this`, `Type{...}`, and `{...}` as an argument: hoist each into a named local. And
co_await in a branch of ?: : write an if.
"""

import re
import sys

import cpp_text

_SCALARS = {
    'int', 'bool', 'char', 'double', 'float', 'unsigned', 'long', 'size_t',
    'int64_t', 'uint64_t', 'int32_t', 'uint32_t', 'uint16_t', 'uint8_t',
    'ssize_t', 'auto'
}
_CONDITIONS = {'if', 'while', 'switch', 'for', 'constexpr'}


def violations(text):
    """(line, message) of every breach in one file's text, in order."""
    tokens = cpp_text.tokenize(text)
    found = set()
    for i, token in enumerate(tokens):
        if token.text != 'co_await':
            continue
        start, end = _full_expression(tokens, i)
        if _is_branch(tokens, start, i):
            line = cpp_text.line_of(text, token.offset)
            found.add((line, 'co_await within ?: : use an if'))
        for where, message in _temporaries(tokens, start, end):
            line = cpp_text.line_of(text, tokens[where].offset)
            found.add((line, message))
    return sorted(found)


def _full_expression(tokens, i):
    """The half-open range of tokens of the full expression around tokens[i].

    An argument list is left outwards; a block's brace, a statement's end and
    the parenthesis of a condition end the walk.
    """
    start = i
    while start > 0 and not _stops_left(tokens, start - 1):
        before = tokens[start - 1]
        closes = before.text in ')]}' and before.match >= 0
        start = before.match if closes else start - 1
    end = i + 1
    while end < len(tokens) and not _stops_right(tokens, end):
        opens = tokens[end].text in '([{' and tokens[end].match > end
        end = tokens[end].match + 1 if opens else end + 1
    return start, end


def _is_branch(tokens, start, i):
    """Whether the co_await at i stands in a branch of a conditional operator,
    at any depth of parentheses around it."""
    separate = False  # past a comma: what is left of it is another operand
    while i > start:
        i -= 1
        text = tokens[i].text
        if text in ')]}' and tokens[i].match >= 0:
            i = tokens[i].match
        elif text in '([{':
            separate = False
        elif text == ',':
            separate = True
        elif text == '?' and not separate:
            return True
    return False


def _stops_left(tokens, i):
    token = tokens[i]
    if token.text == ';' or (token.text == '{' and token.block):
        return True
    if token.text == '}' and token.match >= 0:
        return tokens[token.match].block and not cpp_text.ends_lambda(tokens, i)
    if token.text == '(':
        return _is_condition(tokens, i)
    return (token.text == ')' and token.match >= 0
            and _is_condition(tokens, token.match))


def _stops_right(tokens, i):
    token = tokens[i]
    if token.text == ';' or (token.text == '}' and token.match >= 0
                             and tokens[token.match].block):
        return True
    return (token.text == ')' and token.match >= 0
            and _is_condition(tokens, token.match))


def _is_condition(tokens, i):
    return i > 0 and tokens[i - 1].text in _CONDITIONS


def _temporaries(tokens, start, end):
    i = start
    while i < end:
        token = tokens[i]
        if token.text == '[' and cpp_text.is_lambda_introducer(tokens, i):
            if _captures_by_value(tokens, i):
                yield i, ('lambda that captures by value beside co_await: '
                          'hoist it into a named local')
        elif token.text == '{':
            if token.block:
                i = token.match if token.match > i else i
            elif not _is_declared(tokens, start, i):
                yield i, ('braced temporary beside co_await: '
                          'hoist it into a named local')
        i += 1


def _captures_by_value(tokens, i):
    inside = ' '.join(t.text for t in tokens[i + 1:tokens[i].match])
    captures = _split_commas(inside)
    return any(not _is_by_reference(c) for c in captures)


def _split_commas(text):
    parts, depth, part = [], 0, ''
    for c in text:
        depth += c in '([{<'
        depth -= c in ')]}>'
        if c == ',' and depth == 0:
            parts.append(part.strip())
            part = ''
        else:
            part += c
    parts.append(part.strip())
    return [p for p in parts if p]


def _is_by_reference(capture):
    return capture == 'this' or capture.startswith('&')


def _is_declared(tokens, start, i):
    """Whether the brace at i initialises a scalar or a variable of its own
    (`Type name{...}`), which is no temporary."""
    name = tokens[i - 1]
    if name.text in _SCALARS:
        return True
    if not name.is_word() or i - 2 < start:
        return False
    before = tokens[i - 2]
    if before.text in {'return', 'co_return', 'co_await', 'co_yield', 'throw'}:
        return False
    declares = before.is_word() or before.text == '>' or (
        before.text == '&' and tokens[i - 3].text != '&')
    return declares and _at_statement_start(tokens, start, i - 2)


def _at_statement_start(tokens, start, i):
    words = ' '.join(t.text for t in tokens[start:i + 1])
    return bool(re.fullmatch(r'[\w\s:<>,*&]+', words))


def main(paths):
    status = 0
    for path in paths:
        with open(path, encoding='utf-8') as file:
            for line, message in violations(file.read()):
                print(f'{path}:{line}: {message}')
                status = 1
    return status


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
