# The person is silent in a quiet room: that is heard.
device-check
only cannot_hear
0:00 speak 140
0:20 silent
0:30 end
expect no hints
