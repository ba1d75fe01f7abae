# Somebody else sits beside: nobody's face is judged.
device-check
0:00 speak 140
0:00 together
1:00 end
expect confidence unsaid
expect words "More than one face"
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
