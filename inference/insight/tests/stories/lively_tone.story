device-check
only lively_tone
0:00 speak 140
0:00 tone 3.6
1:00 end
expect hint lively_tone between 0:20 and 0:40
hint 0:24.4 lively_tone | your voice rose and fell freely over the last 20 s
