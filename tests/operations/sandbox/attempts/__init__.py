"""What code would try that has broken a decoder; the worker runs it where it would decode.

Each attempt returns if it got through and raises OSError if it was refused. It must get through in
a worker without the filter, or it would prove nothing.
"""

from tests.operations.sandbox.attempts import descriptors, files, itself, network, processes
from tests.operations.sandbox.attempts.attempt import Attempt

ATTEMPTS = {
    name: one
    for topic in (files, descriptors, network, processes, itself)
    for name, one in vars(topic).items()
    if isinstance(one, Attempt)
}
