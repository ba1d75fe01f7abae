# The sun sets during the answer.
device-check
0:00 speak 140
0:20 dark
0:40 end
expect hint more_light between 0:23 and 0:24
hint 0:23.0 more_light | too dark for 3.0 s
