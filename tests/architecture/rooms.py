"""The rooms of the house and what each stands on. A room is a folder or one
unit of it; the longest name wins. A room may use what its rooms may use.

This is the design's arrow, written once:
main -> doors -> admission -> {layers, store, ports} -> policy, and in the core
evaluate -> rules -> evidence -> base -> oci.
"""

CORE = {
    'policy/status': [],
    'policy/text': ['policy/status'],
    'policy/oci': ['policy/text'],
    'policy/base': ['policy/oci'],
    'policy/scan': ['policy/oci'],
    'policy/trust': ['policy/oci'],
    'policy/verdict': ['policy/text'],
    'policy/evidence': ['policy/base', 'policy/scan', 'policy/trust'],
    # What reads YAML strictly, and with which rules read their parameters; the
    # rest of policy/language stands above the rules and compiles documents.
    'policy/language/glob': ['policy/text'],
    'policy/language/issue': ['policy/text'],
    'policy/language/units': ['policy/text'],
    'policy/language/yaml': ['policy/language/issue', 'policy/oci'],
    'policy/language/fields': [
        'policy/language/yaml', 'policy/language/glob', 'policy/language/units'
    ],
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
    'gateway/instant': ['policy/status'],
    'gateway/read_file': ['policy/status'],
    # What every room may count and say.
    'gateway/observe/metrics': ['policy/status'],
    'gateway/observe/line_writer': ['policy/status'],
    'gateway/observe/log': [
        'gateway/task', 'gateway/instant', 'gateway/observe/line_writer',
        'gateway/observe/metrics', 'policy/oci'
    ],
    'gateway/latch': ['gateway/task'],
    'gateway/http': [
        'gateway/observe/log', 'gateway/latch', 'gateway/read_file'
    ],
    # The ports.
    'gateway/registry/registry': ['gateway/task', 'policy/oci'],
    'gateway/store/store': ['gateway/task', 'policy/evidence'],
    # What is read once and swapped whole.
    'gateway/admission/snapshot': _ALL_OF_CORE,
    'gateway/config_tls': ['gateway/http', 'policy/language/fields'],
    'gateway/config': ['gateway/admission/snapshot', 'gateway/config_tls'],
    'gateway/credential_file': ['gateway/config'],
    'gateway/policy_files': ['gateway/config'],
    # What stands behind admission.
    'gateway/layers': [
        'gateway/latch', 'gateway/registry/registry', 'gateway/store/store',
        'gateway/observe/log'
    ],
    'gateway/store': ['gateway/store/store', 'gateway/observe/log'],
    'gateway/scanners': ['gateway/store/store', 'gateway/http'],
    'gateway/catalog': ['gateway/layers', 'gateway/admission/snapshot'],
    'gateway/admission': ['gateway/catalog', 'gateway/layers'],
    'gateway/observe': ['gateway/admission', 'gateway/http'],
    # The doors. None knows of another.
    'gateway/registry': ['gateway/observe', 'gateway/config'],
    'gateway/kubernetes': ['gateway/observe', 'gateway/config'],
    'gateway/api': ['gateway/observe', 'gateway/config'],
    # What runs them side by side, and the commands: one of them runs it all,
    # another is a door with a Registry of its own.
    'gateway/upkeep': ['gateway/registry', 'gateway/catalog'],
    'gateway/gateway': [
        'gateway/upkeep', 'gateway/registry', 'gateway/kubernetes', 'gateway/api',
        'gateway/scanners', 'gateway/store', 'gateway/credential_file',
        'gateway/policy_files'
    ],
    'gateway/cli': ['gateway/gateway'],
    'gateway/main': ['gateway/cli'],
}

ROOMS = {**CORE, **SHELL}
