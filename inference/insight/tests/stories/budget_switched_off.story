# The candidate wants quiet.
device-check
no-hints
0:00 speak 215
0:20 leave
0:40 end
expect no hints
