"""The rooms of the house and what each stands on. A room is a folder or one
unit of it; the longest name wins. A room may use what its rooms may use.

This is the design's arrow, written once:
main -> doors -> admission -> {layers, store, ports} -> policy, and in the core
evaluate -> rules -> evidence -> base -> oci.
"""

CORE = {
    'policy/status': [],
    'policy/text': [],
    'policy/oci': ['policy/status'],
    'policy/base': ['policy/oci'],
    'policy/scan': ['policy/oci'],
    'policy/trust': ['policy/oci'],
    'policy/verdict': ['policy/status', 'policy/text'],
    'policy/evidence': ['policy/base', 'policy/scan', 'policy/trust'],
    # Globs, units and the strict YAML reader stand beside the core's evidence;
    # rules read their own parameters with them.
    'policy/language/issue': ['policy/status'],
    'policy/language/glob': ['policy/status'],
    'policy/language/units': ['policy/status'],
    'policy/language/yaml': ['policy/language/issue'],
    'policy/language/yaml_events': ['policy/language/yaml'],
    'policy/language/fields': [
        'policy/language/yaml', 'policy/language/glob', 'policy/language/units'
    ],
    'policy/language/fields_lists': ['policy/language/fields'],
    'policy/rules': [
        'policy/evidence', 'policy/verdict', 'policy/language/fields'
    ],
    'policy/policy_set': ['policy/rules'],
    'policy/language': ['policy/policy_set'],
    'policy/evaluate': ['policy/policy_set'],
}

_ALL_OF_CORE = ['policy/evaluate', 'policy/language']

SHELL = {
    'gateway/task': ['policy/status'],
    'gateway/observe': ['gateway/task'],
    'gateway/http': ['gateway/task', 'gateway/observe'],
    'gateway/config': _ALL_OF_CORE,
    # The ports.
    'gateway/registry/registry': ['gateway/task', 'policy/oci'],
    'gateway/store/store': ['gateway/task', 'policy/evidence'],
    # What stands behind admission.
    'gateway/layers': ['gateway/registry/registry', 'gateway/store/store'],
    'gateway/store': ['gateway/store/store'],
    'gateway/scanners': ['gateway/store/store', 'gateway/http'],
    'gateway/catalog': ['gateway/layers', 'gateway/store/store'],
    'gateway/admission': [
        'gateway/layers', 'gateway/catalog', 'gateway/observe', *_ALL_OF_CORE
    ],
    # The doors. None includes another, but for the upstream's client, which
    # is a Registry for all of them.
    'gateway/registry': ['gateway/admission', 'gateway/http', 'gateway/config'],
    'gateway/kubernetes':
    ['gateway/admission', 'gateway/http', 'gateway/config'],
    'gateway/api': ['gateway/admission', 'gateway/config'],
    'gateway/cli': [
        'gateway/registry', 'gateway/kubernetes', 'gateway/api',
        'gateway/scanners', 'gateway/store'
    ],
    'gateway/main': ['gateway/cli'],
}

ROOMS = {**CORE, **SHELL}
