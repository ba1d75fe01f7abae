# The head sways by a degree and a half: no gesture.
device-check
no-hints
0:00 speak 140
0:00 nod 0.6
1:00 end
expect nods under 0.1
expect shakes under 0.1
