# Shaking the head as often.
device-check
no-hints
0:00 speak 140
0:00 shake 5
1:00 end
expect shakes over 10
expect nods under 0.1
